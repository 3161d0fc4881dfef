using System.Text.Json;

namespace BillionHearts.Bench;

/// <summary>
/// Analyzed images, and which of their addresses is read next: of 100 reads, 70 are of a thumb, 20 of a preview and 10 of an original. The image
/// at position n is read with a probability proportional to 1/n (Zipf), and a new image gets a random position.
/// </summary>
internal sealed class Gallery
{
    private readonly Lock _lock = new();
    private readonly List<MediaAddress[]> _images = [];
    private readonly Random _random = new(1);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _images.Count;
            }
        }
    }

    /// <returns>The image's addresses: thumb, preview, original.</returns>
    public IReadOnlyList<MediaAddress> Add(JsonElement image)
    {
        var renditions = image.GetProperty("renditions");
        MediaAddress[] addresses = [Address(renditions.GetProperty("thumb")), Address(renditions.GetProperty("preview")), Address(image)];

        lock (_lock)
        {
            _images.Insert(_random.Next(_images.Count + 1), addresses);
        }

        return addresses;
    }

    public MediaAddress Next()
    {
        lock (_lock)
        {
            // The logarithm of the position is uniformly distributed, so position n has a weight of 1/n.
            var place = (int)Math.Pow(_images.Count + 1, _random.NextDouble()) - 1;
            var kind = _random.Next(100) switch
            {
                < 70 => 0,
                < 90 => 1,
                _ => 2,
            };
            return _images[Math.Min(place, _images.Count - 1)][kind];
        }
    }

    private static MediaAddress Address(JsonElement named) => new(new Uri(named.GetProperty("url").GetString()!).PathAndQuery);
}

internal sealed class MediaAddress(string path)
{
    public string Path => path;

    /// <summary>Whether it has been read before; the edge should then have it cached.</summary>
    public bool IsKnown { get; set; }
}
