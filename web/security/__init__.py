"""Who is asking, and whether the request may be believed: sign-in, sessions, tokens, CSRF, headers, limits."""
