"""Page image -> clean page and findings; every step pure: image in, image out.

A page that needs nothing gets nothing: a straight page comes back untouched.
"""
