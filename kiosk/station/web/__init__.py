"""The station's web console and what else it serves over HTTP: pages made on the server.

`app.create_app(station)` puts it together. One module a part, each with a `router`; `visits` knows who is
signed in, `pages` sets templates in the reader's language. Every act goes through the function the command
line calls too; nothing here knows a rule of its own. Everything works without script, and forms carry a
token that no other site can know.
"""
