package dev.sallyport.device.realm;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Provenance;
import dev.sallyport.document.Documents;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.criteria.Predicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The registry in Keycloak's database. */
public final class JpaDeviceStore implements DeviceStore {

    // NB. By content, so that nothing ever has to be invalidated: a posture is read at every request of its device and
    // changes a few times a day.
    private static final LoadingCache<String, Posture> POSTURES = read(Posture.class);

    private static final LoadingCache<String, Provenance> PROVENANCES = read(Provenance.class);

    private static final int MAX_KNOWN = 100;

    private final EntityManager entities;
    private final String realmId;

    public JpaDeviceStore(KeycloakSession session, RealmModel realm) {
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        this.realmId = realm.getId();
    }

    @Override
    public Optional<Device> find(String id) {
        return Optional.ofNullable(entities.find(DeviceEntity.class, key(id))).map(JpaDeviceStore::device);
    }

    @Override
    public Map<String, Device> all(Set<String> ids) {
        if (ids.isEmpty()) return Map.of();
        return entities.createNamedQuery("devicesOfIds", DeviceEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("ids", ids)
                .getResultStream()
                .map(JpaDeviceStore::device)
                .collect(Collectors.toMap(Device::id, device -> device));
    }

    @Override
    public List<String> known(Set<String> keys) {
        // NB. Managements write UUIDs and serial numbers in either case, whoever registers a device in the other.
        var spellings = keys.stream()
                .flatMap(key -> Stream.of(key, key.toLowerCase(Locale.ROOT), key.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toSet());
        if (spellings.isEmpty()) return List.of();
        return entities.createNamedQuery("devicesKnownBy", String.class)
                .setParameter("realmId", realmId)
                .setParameter("keys", spellings)
                .setMaxResults(MAX_KNOWN)
                .getResultList();
    }

    @Override
    public void readAnew(String id) {
        entities.flush();
        Optional.ofNullable(entities.find(DeviceEntity.class, key(id))).ifPresent(entities::detach);
    }

    @Override
    public List<Device> list(Query query) {
        var builder = entities.getCriteriaBuilder();
        var select = builder.createQuery(DeviceEntity.class);
        var device = select.from(DeviceEntity.class);
        var where = new ArrayList<Predicate>();
        where.add(builder.equal(device.get("realmId"), realmId));
        query.search().ifPresent(text -> {
            var pattern = "%" + text.toLowerCase(Locale.ROOT).replaceAll("([\\\\%_])", "\\\\$1") + "%";
            where.add(builder.or(
                    builder.like(builder.lower(device.get("deviceId")), pattern, '\\'),
                    builder.like(builder.lower(device.get("displayName")), pattern, '\\'),
                    builder.like(builder.lower(device.get("serial")), pattern, '\\')));
        });
        query.ownerId().ifPresent(owner -> where.add(builder.equal(device.get("ownerId"), owner)));
        query.compliant().ifPresent(value -> where.add(builder.equal(device.get("compliant"), value)));
        select.where(where.toArray(Predicate[]::new)).orderBy(builder.asc(device.get("deviceId")));
        return entities.createQuery(select)
                .setFirstResult(query.first())
                .setMaxResults(query.max())
                .getResultStream()
                .map(JpaDeviceStore::device)
                .toList();
    }

    @Override
    public void add(Device device) {
        var entity = new DeviceEntity();
        entity.realmId = realmId;
        entity.deviceId = device.id();
        describe(entity, device);
        entities.persist(entity);
        entities.flush();
    }

    @Override
    public Optional<Device> update(Device device) {
        return locked(device.id()).map(entity -> {
            var before = device(entity);
            describe(entity, device);
            return before;
        });
    }

    @Override
    public boolean remove(String id) {
        var entity = locked(id);
        entity.ifPresent(entities::remove);
        return entity.isPresent();
    }

    @Override
    public Optional<Device> lock(String id) {
        return locked(id).map(JpaDeviceStore::device);
    }

    @Override
    public Set<String> lockAll(SortedSet<String> ids) {
        if (ids.isEmpty()) return Set.of();
        // NB. As in locked(). A query does not read anew what this transaction knows already.
        entities.flush();
        ids.forEach(id -> entities.detach(entities.getReference(DeviceEntity.class, key(id))));
        return entities.createNamedQuery("devicesOfIds", DeviceEntity.class)
                .setParameter("realmId", realmId)
                .setParameter("ids", ids)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultStream()
                .map(device -> device.deviceId)
                .collect(Collectors.toSet());
    }

    @Override
    public void assess(String id, Optional<Posture> posture, Provenance provenance) {
        var entity = entities.find(DeviceEntity.class, key(id));
        entity.observedAt =
                posture.map(known -> known.observedAt().toEpochMilli()).orElse(null);
        entity.compliant = posture.flatMap(Posture::compliant).orElse(null);
        entity.posture = posture.map(Documents::write).orElse(null);
        entity.provenance = Documents.write(provenance);
    }

    private Optional<DeviceEntity> locked(String id) {
        // NB. What this transaction read before it got the lock may be old, but what it wrote must not be lost: several
        // observations of one device may come in one request.
        entities.flush();
        var entity = entities.find(DeviceEntity.class, key(id), LockModeType.PESSIMISTIC_WRITE);
        if (entity != null) entities.refresh(entity);
        return Optional.ofNullable(entity);
    }

    private DeviceEntity.Key key(String id) {
        return new DeviceEntity.Key(realmId, id);
    }

    private static void describe(DeviceEntity entity, Device device) {
        entity.displayName = device.displayName().orElse(null);
        entity.ownerId = device.ownerId().orElse(null);
        entity.serial = device.serial().orElse(null);
        entity.platform = device.platform().map(Platform::id).orElse(null);
        entity.status = device.status().id();
    }

    private static <T> LoadingCache<String, T> read(Class<T> type) {
        return Caffeine.newBuilder().maximumSize(10_000).build(json -> Documents.bind(Documents.tree(json), type));
    }

    private static Device device(DeviceEntity entity) {
        return new Device(
                entity.deviceId,
                Optional.ofNullable(entity.displayName),
                Optional.ofNullable(entity.ownerId),
                Optional.ofNullable(entity.serial),
                Optional.ofNullable(entity.platform).flatMap(Platform::of),
                // NB. Whatever is not clearly active is blocked.
                Device.Status.ACTIVE.id().equals(entity.status) ? Device.Status.ACTIVE : Device.Status.BLOCKED,
                Optional.ofNullable(entity.posture).map(POSTURES::get),
                Optional.ofNullable(entity.provenance).map(PROVENANCES::get).orElseGet(Provenance::unknown));
    }
}
