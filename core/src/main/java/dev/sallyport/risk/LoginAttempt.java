package dev.sallyport.risk;

import dev.sallyport.network.Address;
import dev.sallyport.network.Place;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * What one login looks like.
 *
 * @param traits what could be told of it; what is missing could not be told
 */
public record LoginAttempt(Instant time, Map<Trait, String> traits) {

    public LoginAttempt {
        traits = Map.copyOf(traits);
    }

    /** @param device what the device, or else the browser, is known by */
    public static LoginAttempt at(Instant time, Optional<String> device, Place place) {
        var traits = new EnumMap<Trait, String>(Trait.class);
        device.ifPresent(id -> traits.put(Trait.DEVICE, id));
        place.address().ifPresent(address -> traits.put(Trait.NETWORK, network(address)));
        place.country().ifPresent(country -> traits.put(Trait.COUNTRY, country));
        return new LoginAttempt(time, traits);
    }

    public Optional<String> value(Trait trait) {
        return Optional.ofNullable(traits.get(trait));
    }

    // NB. What providers give to one household or office, so that the next address of the same one is no news.
    private static String network(Address address) {
        var bytes = address.inet().getAddress();
        return HexFormat.of().formatHex(Arrays.copyOf(bytes, bytes.length == 4 ? 3 : 6));
    }
}
