package dev.sallyport.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sallyport.document.DocumentFault;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;

/** A request that is not carried out, as the caller is told. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Status status;
    private final String error;
    private final String path;

    private Refusal(Status status, String error, String description, String path) {
        super(description);
        this.status = status;
        this.error = error;
        this.path = path;
    }

    static Refusal of(DocumentFault fault) {
        return new Refusal(Status.BAD_REQUEST, "invalid_request", fault.getMessage(), fault.path());
    }

    static Refusal badRequest(String description) {
        return new Refusal(Status.BAD_REQUEST, "invalid_request", description, "");
    }

    static Refusal unproven() {
        return new Refusal(Status.UNAUTHORIZED, "unauthorized", "Nothing proves who sends this.", "");
    }

    static Refusal forbidden(String description) {
        return new Refusal(Status.FORBIDDEN, "forbidden", description, "");
    }

    static Refusal notFound(String description) {
        return new Refusal(Status.NOT_FOUND, "not_found", description, "");
    }

    static Refusal conflict(String description) {
        return new Refusal(Status.CONFLICT, "conflict", description, "");
    }

    static Refusal tooLarge(String description) {
        return new Refusal(Status.REQUEST_ENTITY_TOO_LARGE, "too_large", description, "");
    }

    static Refusal tooMany(String description) {
        return new Refusal(Status.TOO_MANY_REQUESTS, "too_many_requests", description, "");
    }

    static Refusal unavailable(String description) {
        return new Refusal(Status.SERVICE_UNAVAILABLE, "unavailable", description, "");
    }

    Status status() {
        return status;
    }

    /** @param path where in the request the fault is; empty when it is the request as a whole */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Body(
            String error, @JsonProperty("error_description") String description, Optional<String> path) {}

    Body body() {
        return new Body(error, getMessage(), Optional.of(path).filter(at -> !at.isEmpty()));
    }
}
