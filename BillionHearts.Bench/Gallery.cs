using System.Text.Json;

namespace BillionHearts.Bench;

/// <summary>
/// Analyzed images, and which of their addresses is read next: 70 in 100 readings are of a thumb, 20 of a preview, 10 of an original; the image at
/// place n of the gallery is read with a likelihood of 1/n (Zipf), and a new one stands at a place of chance.
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

    /// <returns>Its addresses: thumb, preview, original.</returns>
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
            // A logarithm that is spread evenly: n is taken as often as its part of it, 1/n.
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

    /// <summary>Somebody has read it before: then the edge should have it.</summary>
    public bool IsKnown { get; set; }
}
