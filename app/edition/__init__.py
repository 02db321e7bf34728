"""Editions of the catalogue: law and facts about places, renewed offline by a signed file.

file      the signed file: written, read, never unpacked to disk
keys      whose signatures are trusted here
installed the edition that counts on this computer
changes   what another edition says otherwise, and which findings that changes
"""
