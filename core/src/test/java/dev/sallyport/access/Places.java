package dev.sallyport.access;

import dev.sallyport.document.Json;
import dev.sallyport.network.Address;
import dev.sallyport.network.Atlas;
import dev.sallyport.network.Network;
import dev.sallyport.network.Place;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Places of a realm with the networks office, home, germany and provider. Of 203.0.113.1 the atlas knows country and system,
 * of 198.51.100.1 only the country.
 */
final class Places {

    private static final Map<String, Network> NETWORKS = Stream.of(
                    "{'name':'office','cidrs':['10.0.0.0/8']}",
                    "{'name':'home','cidrs':['192.168.0.0/16']}",
                    "{'name':'germany','countries':['DE']}",
                    "{'name':'provider','asns':[64496]}")
            .map(json -> Network.read(Json.of(json)))
            .collect(Collectors.toMap(Network::name, Function.identity()));

    private static final Atlas ATLAS = new Atlas() {
        private final Map<String, String> countries = Map.of("203.0.113.1", "DE", "198.51.100.1", "FR");

        @Override
        public Optional<String> country(Address address) {
            return Optional.ofNullable(countries.get(address.toString()));
        }

        @Override
        public Optional<Long> asn(Address address) {
            return Optional.of(64_496L).filter(number -> address.toString().equals("203.0.113.1"));
        }
    };

    private Places() {}

    static Place unknown() {
        return new Place(Optional.empty(), ATLAS, () -> NETWORKS);
    }

    static Place of(String address) {
        return new Place(Optional.of(Address.of(address).orElseThrow()), ATLAS, () -> NETWORKS);
    }
}
