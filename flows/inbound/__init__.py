"""What comes from a source, and what it is answered: the formats, LeadConduit's words where it refuses, mappings.

refused    a submission that is no lead
reading    query and body, as a form, JSON or XML (xml.py), become one nested object
mapping    a source's own mappings, applied to that object before its values are read by type
answering  the answer in the format that the source wants
"""
