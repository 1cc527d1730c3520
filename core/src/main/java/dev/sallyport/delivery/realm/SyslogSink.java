package dev.sallyport.delivery.realm;

import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.delivery.realm.SinkProvider.Unusable;
import dev.sallyport.document.DocumentFault;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;

/** Sinks that are syslog servers, over TLS or plain TCP. */
public final class SyslogSink extends SinkProvider.Factory {

    public SyslogSink() {
        super(SinkDocument.SYSLOG, "Writes the audit log to a syslog server (RFC 5424) over TLS (RFC 5425) or TCP.");
    }

    @Override
    void check(KeycloakSession session, ComponentModel model, SinkDocument document) {
        if (!overTls(document)
                && (document.key().isPresent() || !document.trustAnchors().isEmpty())) {
            throw new DocumentFault("url", "must begin with tls:// for certificates to be of use");
        }
        ClientTls.check(session, document);
    }

    @Override
    Courier courier(KeycloakSession session, SinkDocument resolved) throws Unusable {
        var realm = session.getContext().getRealm();
        var log = new AuditTree(session, realm).checkpoint().flatMap(note -> note.lines()
                .findFirst());
        var host = log.map(origin -> origin.replaceFirst("[:/].*", "")).orElse("");
        return new SyslogCourier(
                wayOut(session), resolved.destination().orElseThrow(), tls(session, resolved), host, realm.getName());
    }

    private static Optional<SSLContext> tls(KeycloakSession session, SinkDocument resolved) throws Unusable {
        try {
            return overTls(resolved) ? Optional.of(ClientTls.context(session, resolved)) : Optional.empty();
        } catch (DocumentFault fault) {
            throw new Unusable("The sink is not configured correctly: " + fault.getMessage() + ".");
        }
    }

    private static boolean overTls(SinkDocument document) {
        return document.url().toLowerCase(Locale.ROOT).startsWith("tls:");
    }
}
