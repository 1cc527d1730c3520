package dev.sallyport.rest;

import dev.sallyport.server.realm.Realms;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** A report while it is sent: of any size it takes the memory of one page, and no transaction as long as its reader. */
record ReportStream(KeycloakSessionFactory factory, String realmId, Report report, ReportForm form)
        implements StreamingOutput {

    private record Piece(String text, boolean rows, boolean more) {}

    @Override
    public void write(OutputStream output) throws IOException {
        send(output, inRealm((session, realm) -> form.begin(session)));
        boolean first = true;
        for (boolean more = true; more; ) {
            boolean none = first;
            var piece = inRealm((session, realm) -> page(session, realm, none));
            if (piece.isEmpty()) break;
            send(output, Optional.of(piece.get().text()));
            first &= !piece.get().rows();
            more = piece.get().more();
        }
        send(output, inRealm((session, realm) -> form.end(session)));
    }

    private Piece page(KeycloakSession session, RealmModel realm, boolean first) {
        var rows = new ArrayList<List<?>>();
        boolean more = report.pages().next(session, realm, rows::add);
        return new Piece(rows.isEmpty() ? "" : form.rows(session, rows, first), !rows.isEmpty(), more);
    }

    private interface Work<T> {
        T in(KeycloakSession session, RealmModel realm);
    }

    // NB. A realm that is deleted meanwhile ends its report where it is.
    private <T> Optional<T> inRealm(Work<T> work) {
        return KeycloakModelUtils.runJobInTransactionWithResult(
                factory, session -> Realms.enter(session, realmId).map(realm -> work.in(session, realm)));
    }

    private static void send(OutputStream output, Optional<String> text) throws IOException {
        if (text.isPresent()) output.write(text.get().getBytes(StandardCharsets.UTF_8));
    }
}
