package dev.sallyport.rest;

import dev.sallyport.elevation.ElevationRefusal.StrengthNeeded;

/** Tells an application to have its user authenticate more strongly, or anew (RFC 9470). */
final class Challenge {

    static final String ERROR = "insufficient_user_authentication";

    private Challenge() {}

    /** Asks for a new authentication, however short ago the last one was. */
    static String anew(String description) {
        return begun(description) + ", max_age=\"0\"";
    }

    private static String begun(String description) {
        return "Bearer error=\"" + ERROR + "\", error_description=\"" + quoted(description) + "\"";
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
