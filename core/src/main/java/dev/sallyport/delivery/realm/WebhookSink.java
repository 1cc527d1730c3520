package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.delivery.WebhookSecret;
import dev.sallyport.delivery.realm.SinkProvider.Unusable;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;

/** Sinks that are posted to. */
public final class WebhookSink extends SinkProvider.Factory {

    public WebhookSink() {
        super(SinkDocument.WEBHOOK, "Posts the audit log, signed as Standard Webhooks say.");
    }

    @Override
    void check(KeycloakSession session, ComponentModel model, SinkDocument document) {
        // NB. The document says all there is to check.
    }

    @Override
    Courier courier(KeycloakSession session, SinkDocument resolved) throws Unusable {
        return new WebhookCourier(
                wayOut(session),
                resolved.destination().orElseThrow(),
                secrets(resolved),
                resolved.authorization(),
                Clock.systemUTC());
    }

    private static List<WebhookSecret> secrets(SinkDocument resolved) {
        return Stream.of(resolved.secret(), resolved.previousSecret())
                .flatMap(Optional::stream)
                .map(WebhookSecret::of)
                .flatMap(Optional::stream)
                .toList();
    }
}
