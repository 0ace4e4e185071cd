"""The candidate's program.

In the order of a day: `installing` takes the stick in, `plans` chooses the session, `unlocking`
releases it (`release` judges codes, `opened` is what is then in RAM), `signin` says who may sit,
`beginning` starts or resumes the sitting, `exam` runs it, `commanding` obeys proctors, `handin` makes
the package, `outbox` keeps it until its receipt comes.

`flow` puts these together without Qt: intents in, one view out. `stages` and `faces` say which view,
`views` what one shows and may ask for, `screens` draws it. `journal` is the durable record and
`witness` knows how long it was; `pen` and `writer` write both. `storage` names what a disk can do,
`trouble` what people are told of it.
"""
