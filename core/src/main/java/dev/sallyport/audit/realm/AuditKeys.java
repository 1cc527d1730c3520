package dev.sallyport.audit.realm;

import dev.sallyport.audit.SigningKey;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The keys of a realm's audit log. A key that is not the newest signs nothing more, and what it signed stays signed. */
record AuditKeys(KeycloakSession session, RealmModel realm, String name) {

    /** The key that signs now; made when there is none. */
    SigningKey current() {
        var newest = newest();
        var file = AuditServer.keyFile(session, realm, name);
        if (file.isEmpty()) return newest.map(this::kept).orElseGet(this::rotate);
        var key = file.get();
        var known = Base64.getEncoder().encodeToString(key.publicKey());
        if (newest.filter(row -> row.publicKey.equals(known)).isEmpty()) keep(key, Optional.empty());
        return key;
    }

    private SigningKey kept(AuditKeyEntity row) {
        // NB. Not a new key instead: whoever could make this server forget where the key is would have it sign with
        // another.
        if (row.privateKey == null)
            throw new IllegalStateException("the key is in a file that this server does not know of");
        return SigningKey.read(name, decode(row.publicKey), decode(row.privateKey));
    }

    /** Has a new key sign from now on. */
    SigningKey rotate() {
        var key = SigningKey.create(name);
        keep(key, Optional.of(Base64.getEncoder().encodeToString(key.secret().getEncoded())));
        return key;
    }

    /** Whether the key that signs is not in the database, where no other may be made then. */
    boolean inFile() {
        return AuditServer.keyFile(session, realm, name).isPresent();
    }

    /** The key that signs now, as others know it; empty where there is none. */
    Optional<byte[]> known() {
        return AuditServer.keyFile(session, realm, name)
                .map(SigningKey::publicKey)
                .or(() -> newest().map(row -> decode(row.publicKey)));
    }

    /** The lines by which verifiers know the keys, newest first. */
    List<String> lines() {
        return rows().stream()
                .map(row -> SigningKey.line(name, decode(row.publicKey)))
                .toList();
    }

    private void keep(SigningKey key, Optional<String> secret) {
        var row = new AuditKeyEntity();
        row.id = UUID.randomUUID().toString();
        row.realmId = realm.getId();
        row.publicKey = Base64.getEncoder().encodeToString(key.publicKey());
        row.privateKey = secret.orElse(null);
        // NB. Which one is the newest must not depend on two clocks, or on two keys of one moment.
        row.createdAt = Math.max(
                Clock.systemUTC().millis(),
                newest().map(last -> last.createdAt + 1).orElse(0L));
        entities().persist(row);
    }

    private Optional<AuditKeyEntity> newest() {
        return rows().stream().findFirst();
    }

    private List<AuditKeyEntity> rows() {
        return entities()
                .createNamedQuery("auditKeysOfRealm", AuditKeyEntity.class)
                .setParameter("realmId", realm.getId())
                .getResultList();
    }

    private static byte[] decode(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
