"""The media types that leads come in as, and that answers go out as: LeadConduit's four."""

FORM, JSON, XML, TEXT_XML = (
    "application/x-www-form-urlencoded",
    "application/json",
    "application/xml",
    "text/xml",
)
FORMATS = (FORM, JSON, XML, TEXT_XML)
