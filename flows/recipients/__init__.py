"""Recipient steps: somebody outside is asked about a lead while its source waits, and what they answer is appended.

The four modules of LeadConduit's "Custom" integration, by their ids and the properties that map to them. What they
send and how they read answers was learnt by running leadconduit-custom 2.23.8; where ours differs, the code says so.

    modules     which modules there are, and which properties each of them takes
    properties  what a property's value may be
    sealing     values that are credentials: what they are called; kept encrypted, never shown
    addresses   where a URL leads, and the credentials in it
    credentials what a flow keeps of them, and carries over when it is written again
    mappings    mappings and a lead's variables become the values of properties
    request     values become an HTTP request
    bodies      its JSON, form and XML
    documents   an answer's body, read as what its Content-Type says
    locations   XPath, CSS selectors and dotted paths: where in an answer something stands
    response    an answer becomes an outcome, a reason, and what is appended
    calling     all of it, through the guarded client, with a bound on who waits for whom
"""
