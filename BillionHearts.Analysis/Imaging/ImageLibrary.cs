using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>Configures libvips once per process for untrusted files.</summary>
internal static class ImageLibrary
{
    private static readonly string[] s_loaders =
        ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadHeif"];

    /// <summary>Name and version, such as <c>libvips 8.18.2</c>.</summary>
    public static string Name => $"libvips {NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}";

    private static readonly Lazy<bool> s_hardened = new(() =>
    {
        NetVips.NetVips.BlockUntrusted = true;

        // libvips trusts more loaders, such as TIFF and Ultra HDR. Block all, then allow those that we accept.
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in s_loaders)
        {
            Operation.Block(loader, false);
        }

        // Each image is decoded once, so a cache of operations would only keep users' pixels in memory.
        Cache.Max = 0;

        // One thread per image; the worker decides how many images are decoded at the same time.
        NetVips.NetVips.Concurrency = 1;

        // A damaged file causes hundreds of warnings, which say no more than the exception.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.All, static (_, _, _) => { });
        return true;
    });

    /// <summary>May be called repeatedly. Must be called before the first image is decoded.</summary>
    public static void Harden() => _ = s_hardened.Value;
}
