"""The fixed HTML of the panes that the page's own scripts fill: nothing of a document is in here."""

HEADER = """
<header class="cw-head">
  <h1>Citewell</h1>
  <p>Answers from your own documents, each sentence with its source. Nothing leaves this machine.</p>
  <nav class="cw-switch" aria-label="Panes">
    <button type="button" data-pane="sources">Sources</button>
    <button type="button" data-pane="chat" aria-current="true">Chat</button>
    <button type="button" data-pane="page">Quotes</button>
  </nav>
</header>
"""

SOURCES = """
<section aria-label="Sources">
  <div class="cw-drop" id="cw-upload">
    <label class="cw-button">Add documents<input type="file" multiple disabled></label>
    <span class="cw-note">or drop them here. They stay on this machine.</span>
  </div>
  <div id="cw-progress" role="status"></div>
  <div id="cw-documents"><p class="cw-note">Looking for documents …</p></div>
</section>
<dialog class="cw-dialog" aria-labelledby="cw-dialog-text">
  <form method="dialog">
    <p id="cw-dialog-text"></p>
    <label class="cw-collection">Collection <input type="text" maxlength="100" list="cw-collections"></label>
    <datalist id="cw-collections"></datalist>
    <div class="cw-buttons">
      <button type="submit" value="cancel" class="cw-button">Cancel</button>
      <button type="submit" value="ok" class="cw-button cw-primary"></button>
    </div>
  </form>
</dialog>
"""

CONVERSATIONS = """
<section aria-label="Conversations">
  <input type="search" class="cw-search" maxlength="200" placeholder="Search names, questions, answers"
    aria-label="Search conversations">
  <ul class="cw-docs cw-conversations"></ul>
</section>
<dialog class="cw-dialog" aria-label="Conversation">
  <form method="dialog">
    <label><span></span> <input type="text" maxlength="80" class="cw-search"></label>
    <div class="cw-buttons">
      <button type="submit" value="cancel" class="cw-button" formnovalidate>Cancel</button>
      <button type="submit" value="ok" class="cw-button cw-primary"></button>
    </div>
  </form>
</dialog>
"""

VIEWER = """
<section id="cw-viewer" aria-label="Source" hidden>
  <div class="cw-toolbar">
    <button type="button" data-do="close" class="cw-button" title="Back to the quotes (Escape)">← Quotes</button>
    <span class="cw-group">
      <button type="button" data-do="cited-before" class="cw-button" aria-label="Previous citation" title="[">‹</button>
      Citation
      <button type="button" data-do="cited-after" class="cw-button" aria-label="Next citation" title="]">›</button>
    </span>
    <span class="cw-group">
      <button type="button" data-do="page-before" class="cw-button" aria-label="Previous page" title="PageUp">‹</button>
      Page
      <button type="button" data-do="page-after" class="cw-button" aria-label="Next page" title="PageDown">›</button>
    </span>
    <span class="cw-group">
      <button type="button" data-do="smaller" class="cw-button" aria-label="Smaller" title="-">−</button>
      <button type="button" data-do="larger" class="cw-button" aria-label="Larger" title="+">+</button>
    </span>
    <button type="button" data-do="as-text" class="cw-button" aria-pressed="false" hidden>Text</button>
  </div>
  <h2 class="cw-viewer-title" aria-live="polite"></h2>
  <p class="cw-note cw-viewer-note" role="status"></p>
  <div class="cw-page" tabindex="0" role="region" aria-label="The page"></div>
</section>
"""
