"""Documents as PDF: HTML is written anew in Typst's language, and typeset in this process without network or clock."""
