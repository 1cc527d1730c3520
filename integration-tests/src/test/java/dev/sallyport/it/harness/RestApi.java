package dev.sallyport.it.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The pack's REST interface as a program sees it: no client library that would hide a wrong status or an extra field. */
public final class RestApi {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final URI base;
    private final Supplier<Optional<String>> token;

    RestApi(HttpClient http, URI base, Supplier<Optional<String>> token) {
        this.http = http;
        this.base = base;
        this.token = token;
    }

    /** The same interface, called with this bearer token. */
    public RestApi as(String accessToken) {
        return new RestApi(http, base, () -> Optional.of(accessToken));
    }

    /** The same interface, called by nobody in particular. */
    public RestApi anonymously() {
        return new RestApi(http, base, Optional::empty);
    }

    public Response get(String path) {
        return get(path, "application/json");
    }

    public Response get(String path, String accept) {
        return send("GET", path, BodyPublishers.noBody(), Map.of("Accept", accept));
    }

    public Response put(String path, String json) {
        return send("PUT", path, BodyPublishers.ofString(json), Map.of("Content-Type", "application/json"));
    }

    public Response post(String path, String json) {
        return send("POST", path, BodyPublishers.ofString(json), Map.of("Content-Type", "application/json"));
    }

    public Response patch(String path, String json) {
        return send("PATCH", path, BodyPublishers.ofString(json), Map.of("Content-Type", "application/json"));
    }

    public Response delete(String path) {
        return send("DELETE", path, BodyPublishers.noBody(), Map.of());
    }

    private Response send(String method, String path, BodyPublisher body, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(URI.create(base + path)).method(method, body);
        headers.forEach(request::header);
        token.get().ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Response(method + " " + path, response.statusCode(), response.body(), response.headers());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What came back, whatever its status. */
    public record Response(String request, int status, String text, HttpHeaders headers) {

        /** Fails, showing the answer, unless the status is the expected one. */
        public Response expect(int expected) {
            if (status != expected)
                throw new AssertionError("%s answered %d, not %d: %s".formatted(request, status, expected, text));
            return this;
        }

        /** A header of the answer; empty text if there is none. */
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** The answer as JSON; a missing node if it is empty. */
        public JsonNode json() {
            return parse(text);
        }
    }

    /** A text that is JSON. */
    public static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + text, e);
        }
    }
}
