package dev.sallyport.rest;

import dev.sallyport.elevation.ElevationRefusal.StrengthNeeded;

/** Tells an application to have its user authenticate more strongly, or anew (RFC 9470), or to get another token. */
final class Challenge {

    static final String ERROR = "insufficient_user_authentication";
    static final String INVALID_TOKEN = "invalid_token";

    private Challenge() {}

    /** Asks for a new authentication, however short ago the last one was. */
    static String anew(String description) {
        return begun(description) + ", max_age=\"0\"";
    }

    /** Says of a token that it is worth nothing (RFC 6750, section 3.1): whoever has it refreshes it and goes on. */
    static String over(String description) {
        return begun(INVALID_TOKEN, description);
    }

    private static String begun(String description) {
        return begun(ERROR, description);
    }

    private static String begun(String error, String description) {
        return "Bearer error=\"" + error + "\", error_description=\"" + quoted(description) + "\"";
    }

    static String of(StrengthNeeded needed) {
        var challenge = new StringBuilder(begun(needed.getMessage()));
        needed.acr()
                .ifPresent(acr ->
                        challenge.append(", acr_values=\"").append(quoted(acr)).append('"'));
        needed.maxAge()
                .ifPresent(age ->
                        challenge.append(", max_age=\"").append(age.toSeconds()).append('"'));
        return challenge.toString();
    }

    // NB. A realm may call a level anything; a header takes printable ASCII.
    private static String quoted(String text) {
        return text.replaceAll("[^\\x20-\\x7E]", "?").replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
