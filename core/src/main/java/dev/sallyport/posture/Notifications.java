package dev.sallyport.posture;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads which devices a management's notification is about, by the management's own ids. Nothing else of it is believed:
 * whoever can send one can at most have a device asked about once more.
 */
public final class Notifications {

    /** More devices than this in one are left to the next time that they are asked about anyway. */
    static final int MAX_DEVICES = 1_000;

    private Notifications() {}

    /** The hosts of Fleet's automations: of host status by id, of policies and vulnerabilities as objects. */
    public static Set<String> fleet(String json) {
        var hosts = new LinkedHashSet<String>();
        Stated.read(json).ifPresent(notice -> {
            for (var pointer : List.of("/data/host_ids", "/host_ids")) {
                notice.record().at(pointer).forEach(id -> {
                    if (id.isIntegralNumber()) hosts.add(id.asText());
                });
            }
            for (var pointer : List.of("/hosts", "/data/hosts", "/vulnerability/hosts_affected")) {
                notice.objects(pointer)
                        .ifPresent(objects ->
                                objects.forEach(host -> host.id("/id").ifPresent(hosts::add)));
            }
            Stream.of("/host_id", "/host/id", "/data/host_id")
                    .forEach(pointer -> notice.id(pointer).ifPresent(hosts::add));
        });
        return bounded(hosts);
    }

    /**
     * The devices of Microsoft Graph's change notifications.
     *
     * @param proven whether a client state is the one that was agreed on when the subscription was made
     * @return empty unless every single one of them is proven
     */
    public static Optional<Set<String>> graph(String json, Predicate<String> proven) {
        var changes = Stated.read(json).flatMap(notice -> notice.objects("/value"));
        if (changes.isEmpty() || changes.get().isEmpty()) return Optional.empty();
        var devices = new LinkedHashSet<String>();
        for (var change : changes.get()) {
            if (change.text("/clientState").filter(proven).isEmpty()) return Optional.empty();
            change.text("/resourceData/id")
                    .or(() -> change.text("/resource").map(Notifications::last))
                    .ifPresent(devices::add);
        }
        return Optional.of(bounded(devices));
    }

    /** Of {@code deviceManagement/managedDevices/1} and {@code managedDevices('1')} the id. */
    private static String last(String resource) {
        var part = resource.substring(resource.lastIndexOf('/') + 1);
        int quote = part.indexOf("('");
        return quote >= 0 && part.endsWith("')") ? part.substring(quote + 2, part.length() - 2) : part;
    }

    private static Set<String> bounded(Set<String> devices) {
        var first = new LinkedHashSet<String>();
        devices.stream().limit(MAX_DEVICES).forEach(first::add);
        return first;
    }
}
