package dev.sallyport.rest;

import dev.sallyport.elevation.ElevationRefusal.StrengthNeeded;

/** Tells an application to have its user authenticate more strongly, or anew (RFC 9470). */
final class Challenge {

    static final String ERROR = "insufficient_user_authentication";

    private Challenge() {}

    static String of(StrengthNeeded needed) {
        var challenge = new StringBuilder(
                "Bearer error=\"" + ERROR + "\", error_description=\"" + quoted(needed.getMessage()) + "\"");
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
