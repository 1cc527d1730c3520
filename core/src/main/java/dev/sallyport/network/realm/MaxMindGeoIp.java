package dev.sallyport.network.realm;

import com.maxmind.db.MaxMindDbConstructor;
import com.maxmind.db.MaxMindDbParameter;
import dev.sallyport.network.Address;
import java.nio.file.Path;
import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Databases in MaxMind's format, of its GeoIP2 Country and ASN schemas, in files that the administrator supplies. */
public record MaxMindGeoIp(Optional<DatabaseFile> countries, Optional<DatabaseFile> systems) implements GeoIpProvider {

    @Override
    public Optional<String> country(Address address) {
        return countries
                .flatMap(file -> file.find(address, CountryEntry.class))
                .map(CountryEntry::country)
                .map(CountryEntry.Country::code);
    }

    @Override
    public Optional<Long> asn(Address address) {
        return systems.flatMap(file -> file.find(address, SystemEntry.class)).map(SystemEntry::number);
    }

    // NB. Public, all of them, since the library makes them.

    /** An entry of a database of countries: what is asked for of it, since the rest is long. What it does not have is null. */
    public record CountryEntry(
            @MaxMindDbParameter(name = "country") Country country) {

        @MaxMindDbConstructor
        public CountryEntry {}

        /** The country of an entry. */
        public record Country(
                @MaxMindDbParameter(name = "iso_code") String code) {

            @MaxMindDbConstructor
            public Country {}
        }
    }

    /** An entry of a database of autonomous systems. */
    public record SystemEntry(
            @MaxMindDbParameter(name = "autonomous_system_number")
            Long number) {

        @MaxMindDbConstructor
        public SystemEntry {}
    }

    /**
     * The server options {@code --spi-sallyport-geoip--default--country=<file>} and {@code …--asn=<file>}. Without one, nobody
     * knows.
     */
    public static final class Factory implements GeoIpProvider.Factory {

        private GeoIpProvider files = new MaxMindGeoIp(Optional.empty(), Optional.empty());

        @Override
        public void init(Config.Scope config) {
            files = new MaxMindGeoIp(file(config, "country"), file(config, "asn"));
        }

        private static Optional<DatabaseFile> file(Config.Scope config, String option) {
            return Optional.ofNullable(config.get(option))
                    .filter(path -> !path.isBlank())
                    .map(path -> new DatabaseFile(Path.of(path)));
        }

        @Override
        public GeoIpProvider create(KeycloakSession session) {
            return files;
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}

        @Override
        public String getId() {
            return "default";
        }
    }
}
