"""Users and what is theirs, uploads, page images: all that the app in the browser and the API share."""
