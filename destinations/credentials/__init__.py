"""Credentials: how they are got, kept, renewed and given up.

oauth        the requests and answers of OAuth 2.0: nothing is sent here
consent      consents that are under way in a browser
tokens       access tokens that are good now, whoever asks at the same time
connections  a connection's life: made, connected as somebody, dead, connected anew, cut
"""
