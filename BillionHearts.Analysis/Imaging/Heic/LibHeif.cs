using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Imaging.Heic;

/// <summary>The few functions of libheif that are needed (<c>libheif/heif.h</c>, the same from 1.10 on). NetVips.Native has no decoder for HEVC, and the system's libheif has one.</summary>
internal static class LibHeif
{
    // enum heif_colorspace. Its enum heif_chroma has the numbers that HEVC has.
    public const int YCbCr = 0;
    public const int Monochrome = 2;

    private const int Hevc = 1;

    private const string Library = "libheif.so.1";

    private static readonly Lazy<bool> s_canDecode = new(static () => HasDecoder(Library));

    private delegate int HaveDecoder(int compression);

    /// <summary>The library is installed, and has a decoder for HEVC.</summary>
    public static bool CanDecode => s_canDecode.Value;

    /// <summary>Whether a library with this name is installed, is libheif, and has a decoder for HEVC.</summary>
    public static bool HasDecoder(string library) =>
        NativeLibrary.TryLoad(library, out var handle)
        && NativeLibrary.TryGetExport(handle, "heif_have_decoder_for_format", out var function)
        && Marshal.GetDelegateForFunctionPointer<HaveDecoder>(function)(Hevc) is not 0;

    [DllImport(Library, EntryPoint = "heif_context_alloc")]
    public static extern nint AllocateContext();

    [DllImport(Library, EntryPoint = "heif_context_free")]
    public static extern void FreeContext(nint context);

    [DllImport(Library, EntryPoint = "heif_context_set_maximum_image_size_limit")]
    public static extern void SetMaxSide(nint context, int side);

    [DllImport(Library, EntryPoint = "heif_context_set_max_decoding_threads")]
    public static extern void SetThreads(nint context, int threads);

    [DllImport(Library, EntryPoint = "heif_context_read_from_memory_without_copy")]
    public static extern HeifError Read(nint context, nint bytes, nuint length, nint options);

    [DllImport(Library, EntryPoint = "heif_context_get_primary_image_handle")]
    public static extern HeifError GetPrimary(nint context, out nint handle);

    [DllImport(Library, EntryPoint = "heif_image_handle_release")]
    public static extern void ReleaseHandle(nint handle);

    [DllImport(Library, EntryPoint = "heif_image_handle_get_width")]
    public static extern int GetWidth(nint handle);

    [DllImport(Library, EntryPoint = "heif_image_handle_get_height")]
    public static extern int GetHeight(nint handle);

    [DllImport(Library, EntryPoint = "heif_image_handle_has_alpha_channel")]
    public static extern int HasAlpha(nint handle);

    [DllImport(Library, EntryPoint = "heif_image_handle_is_premultiplied_alpha")]
    public static extern int IsPremultiplied(nint handle);

    [DllImport(Library, EntryPoint = "heif_image_handle_get_raw_color_profile_size")]
    public static extern nuint GetProfileLength(nint handle);

    [DllImport(Library, EntryPoint = "heif_image_handle_get_raw_color_profile")]
    public static extern HeifError GetProfile(nint handle, [Out] byte[] profile);

    [DllImport(Library, EntryPoint = "heif_image_handle_get_nclx_color_profile")]
    public static extern HeifError GetColours(nint handle, out nint colours);

    [DllImport(Library, EntryPoint = "heif_nclx_color_profile_free")]
    public static extern void FreeColours(nint colours);

    [DllImport(Library, EntryPoint = "heif_decode_image")]
    public static extern HeifError Decode(nint handle, out nint image, int colorspace, int chroma, nint options);

    [DllImport(Library, EntryPoint = "heif_image_release")]
    public static extern void ReleaseImage(nint image);

    [DllImport(Library, EntryPoint = "heif_image_get_width")]
    public static extern int GetWidth(nint image, int channel);

    [DllImport(Library, EntryPoint = "heif_image_get_height")]
    public static extern int GetHeight(nint image, int channel);

    [DllImport(Library, EntryPoint = "heif_image_get_bits_per_pixel_range")]
    public static extern int GetBits(nint image, int channel);

    [DllImport(Library, EntryPoint = "heif_image_get_nclx_color_profile")]
    public static extern HeifError GetDecodedColours(nint image, out nint colours);

    [DllImport(Library, EntryPoint = "heif_image_get_plane_readonly")]
    public static extern nint GetPlane(nint image, int channel, out int stride);
}

/// <summary>Returned by value from most functions. The message is a text of the library's own, and not to be freed.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct HeifError
{
    public readonly int Code;
    public readonly int Detail;
    public readonly nint Message;
}
