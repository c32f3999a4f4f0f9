"""The automation's editor: what there is to add, and the form in which a rule or trigger is changed."""
