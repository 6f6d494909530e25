"""The wordings of texts that are kept in English, for the catalogues. Fields stand in braces."""

from rag.text.message_catalogues import to_translate

PLACES = (
    to_translate("line {number}"),
    to_translate("lines {first}–{last}"),
    to_translate("rows {first}–{last}"),
    to_translate("p. {label} (page {page} of the file)"),
    to_translate("slide {number}"),
    to_translate("image {number}"),
    to_translate("part {number}"),
    to_translate("chapter {number}"),
    to_translate("section “{title}”"),
    to_translate("sheet “{title}”"),
    to_translate("chapter “{title}”"),
    to_translate("message “{title}”"),
    to_translate("p. {label}"),
)

KINDS = (
    to_translate("report"),
    to_translate("annual report"),
    to_translate("quarterly report"),
    to_translate("current report"),
    to_translate("earnings release"),
    to_translate("contract"),
    to_translate("paper"),
    to_translate("manual"),
    to_translate("mail"),
    to_translate("letter"),
    to_translate("slides"),
    to_translate("spreadsheet"),
    to_translate("book"),
    to_translate("form"),
    to_translate("law"),
    to_translate("minutes"),
    to_translate("article"),
    to_translate("other"),
)

SETTINGS = (
    to_translate("Setting '{name}' is {value}; it must be at least 1."),
    to_translate("Setting '{name}' is {value}; it must be 0 (no thinking) or more."),
    to_translate("Setting '{name}' is {value}; it must be between 0 and 5; 0 is greedy."),
    to_translate("Setting '{name}' is {value}; it must be 0 (all tokens) or more."),
    to_translate("Setting '{name}' is {value}; it must be above 0 and at most 1."),
    to_translate("Setting '{name}' is {value}; it must be between 1 and 16."),
    to_translate("Setting '{name}' is {value}; it must be a list without empty strings."),
    to_translate(
        "Setting '{name}' is {value}; it must be 1 while temperature is above 0: beam search is deterministic."
    ),
    to_translate("Input should be a valid integer, got a number with a fractional part."),
    to_translate("Input should be a valid integer, unable to parse string as an integer."),
    to_translate("Input should be a valid number, unable to parse string as a number."),
    to_translate("Input should be greater than or equal to {number}."),
    to_translate("Input should be less than or equal to {number}."),
)
"""What is wrong with a setting, as its parts and the validator put it together."""

REASONS = (
    *SETTINGS,
    # Outcomes and warnings
    to_translate("already there, unchanged"),
    to_translate("replaces the earlier version"),
    to_translate("it was cancelled"),
    to_translate("its file could not be put in its place, which is tried again at the next start"),
    to_translate("{number} of {pages} pages have no text (scanned?): {list}"),
    to_translate("{number} of {pages} pages cannot be read: {list}"),
    to_translate("{number} of {pages} pages were recognised from their images: {list}"),
    to_translate("{number} invisible characters removed"),
    to_translate("1 invisible character removed"),
    to_translate("the image is cut off: only the part that is there was read"),
    # Files
    to_translate("files of this kind ({ending}) are not read (docs/formats.md lists those that are)"),
    to_translate("it is a ZIP archive; unpack it, or have it entered with --archives"),
    to_translate("it is no text, though it is named {ending}, nor of another kind that Citewell reads"),
    to_translate("the {format} is damaged: it is not what its name says ({ending})"),
    to_translate("the {format} is damaged: a part of it cannot be unpacked"),
    to_translate("the {format} is damaged: it cannot be read ({error})"),
    to_translate("the {format} is damaged: it cannot be opened"),
    to_translate("the {format} is damaged: {error}"),
    to_translate("it is named {ending}, and is read as what it is: {format}"),
    to_translate("the {format} has no text"),
    to_translate("the file is empty"),
    to_translate("it is not a regular file"),
    to_translate("it has no text"),
    to_translate("the file has {number} MB, and the limit is {most} MB (setting max_file_mb)"),
    to_translate("the file is larger than the limit of {most} MB (setting max_file_mb)"),
    to_translate("there are {number} documents already, and no more may be (setting max_documents)"),
    to_translate("the file changed while it was being read; try again when it is complete"),
    to_translate("the file is not text in any encoding known here"),
    to_translate("it cannot be added under this name: rename it, and add it again"),
    to_translate("it cannot be added now: ask the collection's owner to add it"),
    to_translate("reading it was stopped: nothing came for {number} seconds (setting reader_seconds)"),
    to_translate("reading it was stopped after {number} minutes"),
    to_translate("it crashes the reader ({error}): it is damaged, or made to do so"),
    to_translate("it ends the reader unexpectedly: it is damaged, or made to do so"),
    # Encrypted
    to_translate("the file is encrypted; give its password (at the shell with --password)"),
    to_translate("the file is encrypted, and the password given does not open it"),
    to_translate("the file is encrypted; save it without a password and try again"),
    to_translate("the file is encrypted in a way that is not read; save it without a password"),
    to_translate("the PDF is encrypted; give its password (at the shell with --password)"),
    to_translate("the PDF is encrypted, and the password given does not open it"),
    to_translate("the PDF is encrypted in a way that is not read; save it without protection"),
    to_translate("the book is copy-protected and cannot be read"),
    # Formats
    to_translate("the PDF has no pages"),
    to_translate("the page is damaged"),
    to_translate("the presentation has no slides"),
    to_translate("the image cannot be read: it is damaged, or far too large"),
    to_translate("no text was recognised in the image (only {scripts} is read, and little handwriting)"),
    to_translate("the Word document is damaged: its text cannot be read"),
    to_translate("the workbook is damaged: its sheets cannot be found"),
    to_translate("the OpenDocument file is damaged: it has no content"),
    to_translate("the XML file is damaged: it cannot be read"),
    to_translate("the book is damaged: it does not say what its chapters are"),
    to_translate("the file is damaged: its ZIP archive cannot be opened"),
    to_translate("the archive is damaged: it cannot be opened"),
    # Web pages
    to_translate("this is no web address: check it in a browser"),
    to_translate("only addresses that begin with http:// or https:// can be added"),
    to_translate("an address with a user name or password in it is not accepted: leave these out"),
    to_translate("'{name}' is no name of a site: check the address"),
    to_translate("no site is found under the name '{name}': check the address, and whether this machine is online"),
    to_translate("nothing answers at this address: check it, and its port"),
    to_translate("the connection failed: check the address, and whether this machine is online; then try again"),
    to_translate("the site is too slow: the page was not there after {number} seconds (setting web_seconds)"),
    to_translate("there is no such page (404): check the address in a browser"),
    to_translate("the page was taken down (410)"),
    to_translate("the page is empty: check its address in a browser"),
    to_translate("the site asks for a login: save the page in your browser, and add the file"),
    to_translate("the site keeps asking to wait: try again later"),
    # What others share, and pages of the viewer
    to_translate("This document is not among your sources. It may have been removed."),
    to_translate(
        "This document is shared with you to be read: only its owner, or an editor of its collection, changes it."
    ),
    to_translate("This document is shared with you: only its owner can do that."),
    to_translate(
        "Your account may ask and read. Ask an owner of this Citewell for the role of an editor to change documents."
    ),
    to_translate("This note was changed in another tab meanwhile. Compare the two versions, and keep one of them."),
    to_translate("'{name}' has no page {number} (any more)."),
    to_translate("Its file is not there any more: this is the text that was read."),
    to_translate("Its file has changed since: this is the text that was read."),
    to_translate("The storage of its file cannot be reached now: this is the text that was read."),
    to_translate(
        "The page's image cannot be shown: the file is encrypted, and its password is not kept. This is its text."
    ),
    # Settings and questions
    to_translate("The system prompt may have {most} characters."),
    to_translate("There is no model '{name}' here. There is {list}."),
    to_translate(
        "The question has {number} characters, and the limit is {most} (setting max_question_chars). Shorten it, "
        "or ingest the long part as a document."
    ),
    to_translate(
        "The question is too long: with the instructions it takes {number} tokens, and the model's window has "
        "room for {most} beside the answer. Shorten it."
    ),
    to_translate("Another question of this conversation is still being worked on. Ask again when it is answered."),
    to_translate("A briefing is written about 1 to {most} notes. Choose them in the list."),
    # Folders that are followed
    to_translate("Give the whole path of the folder, such as /home/ann/papers or ~/papers."),
    to_translate("There is no folder '{path}' on this machine. Check the path."),
    to_translate("The whole disk cannot be followed. Name a folder with documents in it."),
    to_translate("'{path}' is followed already, with '{around}'."),
    to_translate("{number} folders are followed, and no more can be. Remove one first."),
    to_translate("'{path}' is not among the folders that are followed. Add it first."),
    to_translate("No file of a supported format in it."),
    to_translate("{number} files looked at …"),
    to_translate("{number} files are out of reach. Is the disk connected?"),
    # Sharing, and the admin page
    to_translate("This is your own name. Choose whom to share it with."),
    to_translate("There is no user '{name}' here. Check how the name is spelt."),
    to_translate("Only a collection of your own that has documents can be shared: move some into it."),
    to_translate("Sharing needs accounts: start Citewell with --auth-file FILE (docs/sharing.md)."),
    to_translate("This conversation is not among yours (any more)."),
    to_translate(
        "This conversation has answers from documents that others share with you, so it cannot be passed on. Ask "
        "in a new conversation of your own documents alone."
    ),
    to_translate("There is a user '{name}' already. 'citewell users password {other}' changes theirs."),
    to_translate(
        "'{name}' cannot be a user's name. Use letters, digits, '.', '_', '-' and '@', {most} at most, the first "
        "a letter or digit."
    ),
    to_translate("The password must have {first} to {most} characters; several words make a good one."),
    to_translate("There is no user '{name}'. 'citewell users list' shows their names."),
    to_translate("'{name}' signs in elsewhere, and has no password here."),
    to_translate("'{name}' is the only owner. Make somebody else one first: citewell users role NAME owner"),
    to_translate("This page is for owners of this Citewell, and your account is none."),
)
