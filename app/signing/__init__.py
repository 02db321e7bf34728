"""Signing reports, and telling whether a signature still holds.

    keys     a key from a PKCS#12 file, or one made on this computer
    windows  a key of the Windows certificate store
    sign     PAdES into a PDF, CMS beside any other file
    seals    what a file's signatures say: intact or altered, by whom, expired or not

Signing uses pyHanko for PDF and CMS; what is checked here agrees with `pdfsig` and `openssl cms -verify`.
"""
