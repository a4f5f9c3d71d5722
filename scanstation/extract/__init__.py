"""Text and codes -> proposed fields and what they give away; pure rules that propose, never decide.

idcard.py   the QR code of an ID card and what in it does not add up
layout.py   words -> pieces that stand together
letter.py   the head of a letter by NĐ 30/2020 Phụ lục I; signer.py its signature block
marks.py    degrees of secrecy and of urgency
propose.py  all of these for one page

A value nobody confirmed is a proposal and carries the place it was read at.
"""
