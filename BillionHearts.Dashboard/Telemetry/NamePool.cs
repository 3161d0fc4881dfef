using System.Collections.Concurrent;

namespace BillionHearts.Dashboard.Telemetry;

/// <summary>
/// Names that occur over and over, kept once: span names, scopes, attribute names. Bounded, since a sender chooses them;
/// what comes when it is full is stored in full.
/// </summary>
internal static class NamePool
{
    private const int Capacity = 16_384;
    private const int LongestName = 256;

    private static readonly ConcurrentDictionary<string, int> s_ids = new(StringComparer.Ordinal);
    private static readonly string[] s_names = new string[Capacity];
    private static readonly Lock s_lock = new();
    private static int s_count;

    public static string Keep(string name) => TryAdd(name, out var id) ? s_names[id] : name;

    public static string Name(int id) => s_names[id];

    public static bool TryAdd(string name, out int id)
    {
        if (s_ids.TryGetValue(name, out id))
        {
            return true;
        }

        if (name.Length > LongestName || Volatile.Read(ref s_count) >= Capacity)
        {
            return false;
        }

        lock (s_lock)
        {
            if (s_ids.TryGetValue(name, out id))
            {
                return true;
            }

            if (s_count >= Capacity)
            {
                return false;
            }

            id = s_count;
            s_names[id] = name;
            Volatile.Write(ref s_count, id + 1);

            // Last, so that an id is never found before its name.
            s_ids[name] = id;
            return true;
        }
    }
}
