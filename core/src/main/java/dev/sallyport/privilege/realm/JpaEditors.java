package dev.sallyport.privilege.realm;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Who edited privileges, as the database has it: what the server's caches hold may be what another node has replaced. */
record JpaEditors(EntityManager entities, String realmId) {

    JpaEditors(KeycloakSession session, RealmModel realm) {
        this(session.getProvider(JpaConnectionProvider.class).getEntityManager(), realm.getId());
    }

    /** Has changes of a privilege, and its confirmation, wait for each other. */
    void take(String componentId) {
        entities.createQuery("select c from ComponentEntity c where c.id = :id", Object.class)
                .setParameter("id", componentId)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList();
    }

    /** The document as it is now. */
    Optional<String> document(String componentId) {
        return property(componentId, "document");
    }

    /** Of a privilege that is there. */
    Set<String> of(String componentId) {
        return property(componentId, Editors.PROPERTY).map(Editors::read).orElse(Set.of());
    }

    private Optional<String> property(String componentId, String name) {
        return entities.createQuery(
                        "select c.value from ComponentConfigEntity c where c.component.id = :id and c.name = :name",
                        String.class)
                .setParameter("id", componentId)
                .setParameter("name", name)
                .getResultStream()
                .findFirst();
    }

    /** Of privileges of that name that were deleted. */
    Set<String> ofDeleted(String name) {
        return row(name).map(row -> Editors.read(row.editors)).orElse(Set.of());
    }

    void deleted(String name, Set<String> editors) {
        if (editors.isEmpty()) return;
        var all = new LinkedHashSet<>(ofDeleted(name));
        all.addAll(editors);
        var row = row(name).orElseGet(EditorsEntity::new);
        row.realmId = realmId;
        row.name = name;
        row.editors = Editors.write(all);
        entities.persist(row);
    }

    void confirmed(String name) {
        row(name).ifPresent(entities::remove);
    }

    private Optional<EditorsEntity> row(String name) {
        return Optional.ofNullable(entities.find(EditorsEntity.class, new EditorsEntity.Key(realmId, name)));
    }
}
