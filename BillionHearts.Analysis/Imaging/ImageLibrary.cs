using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>libvips, set up once per process for files from strangers.</summary>
internal static class ImageLibrary
{
    private static readonly string[] s_loaders =
        ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadHeif"];

    private static readonly Lazy<bool> s_hardened = new(() =>
    {
        NetVips.NetVips.BlockUntrusted = true;

        // libvips counts TIFF and Ultra HDR among the trusted ones: everything goes, and what we accept comes back.
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in s_loaders)
        {
            Operation.Block(loader, false);
        }

        // Each image is seen once, so a cache of operations would only keep strangers' pixels in memory.
        Cache.Max = 0;

        // One thread for each image; how many images there are at once is the worker's decision.
        NetVips.NetVips.Concurrency = 1;

        // One damaged file makes hundreds of warnings, which say nothing that the exception does not.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.All, static (_, _, _) => { });
        return true;
    });

    /// <summary>Safe to call again. Must come before the first image.</summary>
    public static void Harden() => _ = s_hardened.Value;
}
