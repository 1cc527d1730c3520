package dev.sallyport.rest;

import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Entries of an audit log, one line each, read page by page while they are sent: an export of any size takes the memory of
 * one page, and no transaction as long as its receiver.
 *
 * @param before the first place that is not sent any more; what has its place below it does not change
 */
record AuditExport(
        KeycloakSessionFactory factory,
        String realmId,
        long first,
        long before,
        Optional<Instant> from,
        Optional<Instant> to)
        implements StreamingOutput {

    /** @throws DocumentFault that names the parameter */
    static Optional<Instant> time(String name, String text) {
        if (text == null) return Optional.empty();
        try {
            // NB. Entries have whole milliseconds: what is before, or after, a part of one is so of the next whole one.
            return Optional.of(
                    Instant.ofEpochMilli(Instant.parse(text).plusNanos(999_999).toEpochMilli()));
        } catch (DateTimeException | ArithmeticException e) {
            throw new DocumentFault(name, "must be an ISO 8601 time in UTC such as 2026-11-23T08:00:00Z");
        }
    }

    @Override
    public void write(OutputStream output) throws IOException {
        for (long at = first; at < before; at += AuditTree.PAGE) {
            for (var line : page(at)) {
                if (!wanted(line)) continue;
                output.write(Documents.write(line).getBytes(StandardCharsets.UTF_8));
                output.write('\n');
            }
        }
    }

    private List<AuditTree.Line> page(long at) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
            var realm = session.realms().getRealm(realmId);
            return realm == null ? List.<AuditTree.Line>of() : new AuditTree(session, realm).lines(at, before);
        });
    }

    private boolean wanted(AuditTree.Line line) {
        var time = line.time();
        return from.filter(time::isBefore).isEmpty()
                && to.filter(end -> !time.isBefore(end)).isEmpty();
    }
}
