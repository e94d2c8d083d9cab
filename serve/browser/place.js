// Tells Streamlit's page where its server is. Without it a page opened by its own address (/ledger) is first looked for
// below that address, and two requests fail before the right place is tried.
window.__streamlit = { BACKEND_BASE_URL: location.origin, MAIN_PAGE_BASE_URL: location.origin };
