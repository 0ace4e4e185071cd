"""The words of the states of an exam, agreed on before any screen was built.

They are the tone for all others. Screens say them with `text` like any sentence;
here they are only named, so that they stay in the catalogues unchanged.
"""

from typing import Final

from kiosk.words import mark

SENTENCES: Final = (
    mark("✓ Saved"),
    mark("Saving…"),
    mark("Not saved. Please raise your hand"),
    mark("Please wait for the proctor to start the exam"),
    mark("Paused. The clock has stopped"),
    mark("Resumed. {minutes} min {seconds} s were given back"),
    mark("{minutes} minutes to the end"),
    mark("Overview"),
    mark("answered"),
    mark("unanswered"),
    mark("flagged"),
    mark("{unanswered} unanswered, {flagged} flagged"),
    mark("You can hand in after the first {minutes} minutes"),
    mark("After handing in nothing can be changed"),
    mark("Handed in. Raise your hand and leave when the proctor agrees"),
    mark("Your seat is {seat}. Please go to seat {seat}"),
    mark("This code is for seat {seat} only"),
    mark("This code was used before. Scan again"),
    mark("Bank complete"),
    mark("Disk fine"),
    mark("Clock right"),
    mark("Choose two or more"),
    mark("Start"),
    mark("Resume"),
    mark("Extend"),
    mark("Pause"),
    mark("Change seat"),
    mark("End"),
    mark("About to authorise"),
    mark("Round {number}"),
    mark("Not collected"),
    mark("Strong candidates chose {option}: check the key"),
)
