package dev.sallyport.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;

/** What an OIDC endpoint answered. */
public record TokenResponse(int status, JsonNode body) {

    /** Fails, showing the answer, unless there is a token. */
    public String accessToken() {
        return required("access_token");
    }

    public String refreshToken() {
        return required("refresh_token");
    }

    /** The error code; empty if the request was granted. */
    public String error() {
        return body.path("error").asText();
    }

    public String errorDescription() {
        return body.path("error_description").asText();
    }

    /** What the access token says. The signature is not looked at. */
    public JsonNode claims() {
        return claims(accessToken());
    }

    public static JsonNode claims(String jwt) {
        return RestApi.parse(new String(Base64.getUrlDecoder().decode(jwt.split("\\.")[1]), UTF_8));
    }

    private String required(String field) {
        if (!body.hasNonNull(field)) throw new AssertionError("No " + field + ", but " + status + ": " + body);
        return body.get(field).asText();
    }
}
