"""ScanStation: papers at a Vietnamese commune counter become signed, archived, delivered dossiers.

The map of the rooms and who may know whom is docs/design.md.
"""

__version__ = "0.1.0"
