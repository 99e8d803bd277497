import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.backend.memory.index.MemoryUniqueIndex;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Speaks MongoDB's wire protocol for the tests: mongo-java-server, in memory, on a free port of the loopback.
 * Prints {@code listening URL}; ends on SIGTERM, on SIGINT and when its stdin closes. The argument {@code --oplog} keeps
 * a log of all writes, without which there are no change streams.
 */
class MongoJavaServer {
  /** Of Netty: one that is busy with a long query holds up every connection that shares it. */
  private static final int THREADS = 32;

  /** The library states wire version 8 at most; the driver asks for 9, and uses nothing of it that the library lacks. */
  record Version(List<Integer> getVersionArray, int getWireVersion) implements MongoVersion {}

  public static void main(String[] arguments) throws IOException {
    var server = new MongoServer(new Backend().version(new Version(List.of(5, 0, 0), 13)));
    if (List.of(arguments).contains("--oplog")) server.enableOplog();
    server.bind(new InetSocketAddress("127.0.0.1", 0), 1, THREADS);
    System.out.println("listening " + server.getConnectionString() + "/");
    System.in.transferTo(OutputStream.nullOutputStream());
    // Netty's threads would go on.
    Runtime.getRuntime().halt(0);
  }

  static class Backend extends MemoryBackend {
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    @Override
    public MemoryDatabase openOrCreateDatabase(String name) {
      return new Database(name, getCursorRegistry());
    }

    /**
     * Answers with a copy: the library writes answers while other commands change the documents in them, so that readers
     * would see half an update.
     */
    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
      synchronized (locks.computeIfAbsent(database, name -> new Object())) {
        return switch (command) {
          case "hello" -> super.handleCommand(channel, database, "isMaster", query).append("isWritablePrimary", true);
          case "insert" -> withInserted(query, super.handleCommand(channel, database, command, query));
          default -> super.handleCommand(channel, database, command, query).cloneDeeply();
        };
      }
    }

    /** The library counts the documents that it was sent. */
    private static Document withInserted(Document query, Document answer) {
      if (!(answer.get("writeErrors") instanceof List<?> errors)) return answer;
      var sent = ((List<?>) query.get("documents")).size();
      var endsAtError = Boolean.TRUE.equals(query.get("ordered"));
      return answer.append("n", endsAtError ? ((Document) errors.get(0)).get("index") : sent - errors.size());
    }
  }

  static class Database extends MemoryDatabase {
    Database(String name, CursorRegistry cursors) {
      super(name, cursors);
    }

    @Override
    protected Index<Integer> openOrCreateUniqueIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
      return new OrderedIndex(name, keys, keys, sparse);
    }

    @Override
    protected Index<Integer> openOrCreateSecondaryIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
      return new OrderedIndex(name, keys, Stream.concat(keys.stream(), Stream.of(new IndexKey("_id", true))).toList(), sparse);
    }
  }

  /**
   * Serves equality and {@code $in} on its first key, and together with these equality, {@code $in} and ranges on its
   * second, as MongoDB's indexes do; the library's own serve only equality on all keys of a unique index, and every
   * other query reads everything. It says where to look; the library matches each document against the whole query.
   */
  static class OrderedIndex extends MemoryUniqueIndex {
    private final List<IndexKey> declared;
    private final TreeMap<KeyValue, Integer> positions = new TreeMap<>(Order::compare);
    /** By _id: documents without one place in the order, with an array for a key for example. Always looked at. */
    private final Map<Object, Integer> unordered = new HashMap<>();

    /** The declared keys, and those by which it is kept: unique ones. */
    OrderedIndex(String name, List<IndexKey> declared, List<IndexKey> kept, boolean sparse) {
      super(name, kept, sparse);
      this.declared = declared;
    }

    @Override
    public List<IndexKey> getKeys() {
      return declared;
    }

    @Override
    public boolean isUnique() {
      return declared.size() == keys().size();
    }

    @Override
    public synchronized void add(Document document, Integer position, MongoCollection<Integer> collection) {
      super.add(document, position, collection);
      var place = placeOf(document);
      if (place == null) unordered.put(document.get("_id"), position);
      else if (place.get(0) != null) positions.put(place, position);
    }

    /** The library demands a position, and finds none for an empty array. */
    @Override
    public synchronized Integer remove(Document document) {
      var place = placeOf(document);
      var position = place == null ? unordered.remove(document.get("_id")) : null;
      if (place != null && place.get(0) != null) positions.remove(place);
      var removed = super.remove(document);
      return removed == null ? position : removed;
    }

    /** The library looks for the position here too. */
    @Override
    public synchronized void checkUpdate(Document before, Document after, MongoCollection<Integer> collection) {
      if (getKeyValues(before).isEmpty()) checkAdd(after, collection);
      else super.checkUpdate(before, after, collection);
    }

    /** Null: it has several places, or none. */
    private KeyValue placeOf(Document document) {
      var places = getKeyValues(document);
      if (places.size() != 1) return null;
      var place = places.iterator().next();
      return place.stream().allMatch(value -> value == null || Order.has(value)) ? place : null;
    }

    @Override
    public synchronized boolean canHandle(Document query) {
      return super.canHandle(query) || intervalsOf(query) != null;
    }

    @Override
    public synchronized Iterable<Integer> getPositions(Document query) {
      if (super.canHandle(query)) return super.getPositions(query);
      var found = new LinkedHashSet<Integer>();
      for (var interval : intervalsOf(query)) {
        for (var entry : positions.tailMap(interval.start()).entrySet()) {
          if (!interval.contains(entry.getKey())) break;
          found.add(entry.getValue());
        }
      }
      found.addAll(unordered.values());
      return found;
    }

    /** Where all documents that match lie, but for the unordered; null: anywhere. */
    private List<Interval> intervalsOf(Document query) {
      var firsts = Conditions.ofAll(query, keys().get(0), Conditions::points);
      if (firsts == null) return Conditions.ofAny(query, this::intervalsOf);
      var seconds = keys().size() > 1 ? rangesOf(query) : null;
      var ranges = seconds == null ? List.of(new Range(null, null)) : seconds;
      return firsts.stream().flatMap(first -> ranges.stream().map(second -> new Interval(first, second))).toList();
    }

    private List<Range> rangesOf(Document query) {
      var ranges = Conditions.ofAll(query, keys().get(1), Conditions::ranges);
      return ranges == null ? Conditions.ofAny(query, this::rangesOf) : ranges;
    }
  }

  /** Of values, both ends included; null: without end. */
  record Range(Object low, Object high) {}

  /** The places with one value of the first key and a range of the second. */
  record Interval(Object first, Range second) {
    KeyValue start() {
      return second.low() == null ? new KeyValue(first) : new KeyValue(first, second.low());
    }

    boolean contains(KeyValue place) {
      return place.get(0).equals(first) && (second.high() == null || Order.compare(place.get(1), second.high()) <= 0);
    }
  }

  /** Of the values that have one, as KeyValue normalizes them; a place comes after what it begins with. */
  static class Order {
    static boolean has(Object value) {
      return value instanceof String || value instanceof Double || value instanceof Boolean || value instanceof Instant
        || value instanceof ObjectId;
    }

    static int compare(KeyValue left, KeyValue right) {
      for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
        int order = compare(left.get(i), right.get(i));
        if (order != 0) return order;
      }
      return Integer.compare(left.size(), right.size());
    }

    @SuppressWarnings("unchecked")
    static int compare(Object left, Object right) {
      if (left == null || right == null) return Boolean.compare(left != null, right != null);
      if (left.getClass() != right.getClass()) return left.getClass().getName().compareTo(right.getClass().getName());
      return ((Comparable<Object>) left).compareTo(right);
    }
  }

  /** What a query says of the values of a key. Null everywhere: nothing that narrows. */
  static class Conditions {
    /** What is read from the first condition on the key that has to hold and narrows. */
    static <T> List<T> ofAll(Document query, String key, Function<Object, List<T>> read) {
      return required(query).map(part -> read.apply(part.get(key))).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** What is read from all alternatives of the first $or of which each narrows. */
    static <T> List<T> ofAny(Document query, Function<Document, List<T>> read) {
      return required(query).map(part -> {
        var alternatives = documents(part.get("$or")).map(read).toList();
        var isNarrow = !alternatives.isEmpty() && alternatives.stream().allMatch(Objects::nonNull);
        return isNarrow ? alternatives.stream().flatMap(List::stream).toList() : null;
      }).filter(Objects::nonNull).findFirst().orElse(null);
    }

    static List<Object> points(Object condition) {
      if (!(condition instanceof Document operators)) return ordered(Collections.singletonList(condition));
      if (operators.containsKey("$eq")) return ordered(Collections.singletonList(operators.get("$eq")));
      return operators.get("$in") instanceof Collection<?> values ? ordered(values) : null;
    }

    static List<Range> ranges(Object condition) {
      var points = points(condition);
      if (points != null) return points.stream().map(point -> new Range(point, point)).toList();
      if (!(condition instanceof Document operators)) return null;
      var low = bound(operators, "$gte", "$gt");
      var high = bound(operators, "$lte", "$lt");
      return low == null && high == null ? null : List.of(new Range(low, high));
    }

    private static Object bound(Document operators, String... names) {
      var values = Stream.of(names).map(operators::get).filter(Objects::nonNull).toList();
      var bounds = ordered(values);
      return bounds == null || bounds.isEmpty() ? null : bounds.get(0);
    }

    private static List<Object> ordered(Collection<?> values) {
      if (values.isEmpty()) return List.of();
      var normalized = new KeyValue(values).normalized().stream().toList();
      return normalized.stream().allMatch(Order::has) ? normalized : null;
    }

    private static Stream<Document> required(Document query) {
      return Stream.concat(Stream.of(query), documents(query.get("$and")).flatMap(Conditions::required));
    }

    private static Stream<Document> documents(Object value) {
      return value instanceof Collection<?> list
        ? list.stream().filter(Document.class::isInstance).map(Document.class::cast)
        : Stream.empty();
    }
  }
}
