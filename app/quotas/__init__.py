"""Quotas: how many interviews each kind of respondent is wanted for, and places that cannot be given twice.

A campaign has any number of quotas. Each is a table of interlocking cells over its dimensions: where the
respondent lives (the first digits of the GB/T 2260 code), what kind of number was dialled, the lect the interview
is held in, answers to questions with one choice. Several quotas of one campaign apply together: an interview has a
place in one cell of every quota whose dimensions are all known, or in none.

A cell closes twice. At its target it closes softly: nobody new is called for it, but whoever is on the line is
interviewed to the end. When its completes and the seats of interviews under way reach `most`, it is full: an
interview that lands there ends with the outcome "quota is full" (AAPOR 4.80). A supervisor may close it by hand in
either way.

A seat is what keeps the promise. It is taken as soon as the cell is known, in the transaction that saves the
answer, and lasts two hours from when it was last used; it becomes a complete, is given back, or runs out. An
interview's own seat never stands in its way, so nobody is thrown out by their own half of an interview. What a cell
does not name lies outside the quota: such numbers are not called, and such interviews end over quota.

Quotas may be set at any time before the campaign closes. Whoever was complete before is counted in the same
transaction, and whoever is on the line gets the seat that the interview would hold by then; where a cell has less
room than that, the plan is refused with the numbers.

This is the one place where an answer steers fieldwork, and only the answers that a quota names do.
"""
