"""The author's window: Qt shows a `kiosk.authoring.workbench`, which decides everything."""
