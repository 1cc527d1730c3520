package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.SinkDocument;
import dev.sallyport.delivery.realm.SinkProvider.Unusable;
import dev.sallyport.document.DocumentFault;
import java.nio.file.Path;
import java.util.Optional;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;

/** Sinks that are files, in the one directory that the server's configuration gives. */
public final class FileSink extends SinkProvider.Factory {

    private static final String OPTION = "spi-sallyport-delivery--default--directory";

    public FileSink() {
        super(SinkDocument.FILE, "Appends the audit log to a file in the directory of the option " + OPTION + ".");
    }

    @Override
    void check(KeycloakSession session, ComponentModel model, SinkDocument document) {
        if (DeliveryServer.directory(session).isEmpty()) {
            throw new DocumentFault(
                    "url", "can only be a file if the server's option " + OPTION + " names a directory");
        }
        if (!new Cursors(session).mayWrite(document.url(), Optional.ofNullable(model.getId()))) {
            throw new DocumentFault("url", "is the file of another sink");
        }
    }

    // NB. Looked at here too: an import or two requests at once may have given the file away twice.
    @Override
    Courier courier(KeycloakSession session, SinkDocument resolved) throws Unusable {
        var directory = DeliveryServer.directory(session)
                .orElseThrow(() -> new Unusable("The server's option " + OPTION + " names no directory."));
        return new FileCourier(inside(directory, resolved.url()));
    }

    private static Path inside(Path directory, String name) throws Unusable {
        var file = directory.resolve(name).normalize();
        if (!directory.equals(file.getParent())) throw new Unusable("The file is not in the directory.");
        return file;
    }
}
