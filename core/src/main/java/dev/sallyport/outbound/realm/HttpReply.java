package dev.sallyport.outbound.realm;

import java.util.Optional;

/** What became of a request. */
public sealed interface HttpReply {

    /**
     * The other side answered.
     *
     * @param retryAfter the header of that name
     * @param body at most {@link OutboundHttp#MAX_BODY} long
     */
    record Received(int status, Optional<String> retryAfter, String body) implements HttpReply {}

    /**
     * There is no answer that could be read.
     *
     * @param reason a sentence's second half for administrators, after the name of the service; holds nothing that was sent
     * @param passing whether another attempt may succeed
     */
    record Failed(String reason, boolean passing) implements HttpReply {}
}
