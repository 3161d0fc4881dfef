using System.Collections.Concurrent;
using System.Text;

namespace BillionHearts.Dashboard.Telemetry;

/// <summary>
/// Texts that occur over and over, kept once: names at their first sight, values at their second, as most values are never
/// seen again. Bounded, since a sender chooses them; what comes when it is full is stored in full.
/// </summary>
internal static class TextPool
{
    private const int Capacity = 16_384;
    private const int CapacityForValues = Capacity / 2;
    private const int LongestText = 256;

    private static readonly ConcurrentDictionary<string, int> s_ids = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> s_idsBySpan = s_ids.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly string[] s_texts = new string[Capacity];
    private static readonly byte[][] s_utf8 = new byte[Capacity][];
    private static readonly Lock s_lock = new();

    // Hashes of values seen once. A stranger in the same place only delays the second sight.
    private static readonly int[] s_seen = new int[65_536];

    private static int s_count;

    public static string Keep(string name) => TryAdd(name, out var id) ? s_texts[id] : name;

    /// <summary>Bytes a text takes for whoever holds it: none where the pool does.</summary>
    public static int WeightOf(string text) => text.Length is 0 || s_ids.ContainsKey(text) ? 0 : 24 + (2 * text.Length);

    public static string Text(int id) => s_texts[id];

    public static ReadOnlySpan<byte> Utf8(int id) => s_utf8[id];

    public static bool TryAdd(string name, out int id) => s_ids.TryGetValue(name, out id) || Add(name, Capacity, out id);

    public static bool TryAddValue(ReadOnlySpan<char> value, out int id)
    {
        if (s_idsBySpan.TryGetValue(value, out id))
        {
            return true;
        }

        if (value.Length > LongestText || Volatile.Read(ref s_count) >= CapacityForValues)
        {
            return false;
        }

        var hash = string.GetHashCode(value);
        ref var seen = ref s_seen[hash & (s_seen.Length - 1)];

        if (seen != hash)
        {
            seen = hash;
            return false;
        }

        return Add(value.ToString(), CapacityForValues, out id);
    }

    private static bool Add(string text, int capacity, out int id)
    {
        lock (s_lock)
        {
            if (s_ids.TryGetValue(text, out id))
            {
                return true;
            }

            if (text.Length > LongestText || s_count >= capacity)
            {
                return false;
            }

            id = s_count;
            (s_texts[id], s_utf8[id]) = (text, Encoding.UTF8.GetBytes(text));
            Volatile.Write(ref s_count, id + 1);

            // Last, so that an id is never found before its text.
            s_ids[text] = id;
            return true;
        }
    }
}
