package dev.sallyport.network;

import dev.sallyport.logic.Truth;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a request comes from.
 *
 * @param address the client's address; empty when nobody vouches for one
 * @param atlas knows the country and the autonomous system of the address, or does not
 * @param networks the networks of the realm that can be read, by name
 */
public record Place(Optional<Address> address, Atlas atlas, Map<String, Network> networks) {

    public static Place unknown() {
        return new Place(Optional.empty(), Atlas.BLANK, Map.of());
    }

    public Optional<String> country() {
        return address.flatMap(atlas::country);
    }

    public Optional<Long> asn() {
        return address.flatMap(atlas::asn);
    }

    /** Whether the realm has a network of that name, and it can be read. */
    public boolean knows(String network) {
        return networks.containsKey(network);
    }

    /** Whether the client is in the network of that name; unknown also when there is no such network. */
    public Truth in(String network) {
        var named = networks.get(network);
        return named == null ? Truth.UNKNOWN : named.contains(this);
    }

    /** The names of the networks that the client is in for certain, sorted. */
    public List<String> certainNetworks() {
        return networks.keySet().stream()
                .filter(name -> in(name) == Truth.YES)
                .sorted()
                .toList();
    }
}
