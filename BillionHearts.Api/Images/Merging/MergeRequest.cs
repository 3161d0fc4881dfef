using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Images.Merging;

/// <param name="Duplicates">The other images of the group.</param>
/// <param name="Keep">The image that is kept. Null for the best one.</param>
internal sealed record MergeRequest(IReadOnlyList<long> Duplicates, long? Keep)
{
    public const int MaxDuplicates = 100;

    public static MergeRequest Read(FieldReader fields)
    {
        var duplicates = fields.Ids("duplicates", MaxDuplicates);

        if (duplicates.Count is 0 && !fields.Errors.Has("duplicates"))
        {
            fields.Errors.Add("duplicates", "must have at least 1 entry, not 0");
        }

        return new MergeRequest(duplicates, fields.OptionalInteger("keep", 1, long.MaxValue));
    }
}

/// <param name="Kept">The image that stays.</param>
/// <param name="Merged">The ids of the images that were merged into it, in this call or an earlier one with the same images.</param>
/// <param name="UndoUntil">After this the merged images are removed for good.</param>
internal sealed record MergeResponse(ImageResponse Kept, IReadOnlyList<long> Merged, DateTime UndoUntil);

/// <param name="Merged">The ids of the images that were merged into this one and are not removed yet.</param>
/// <param name="UndoUntil">After this the first of them is removed for good.</param>
internal sealed record MergedImagesResponse(IReadOnlyList<long> Merged, DateTime? UndoUntil);

/// <param name="Restored">The ids of the images that are visible again.</param>
internal sealed record MergeUndoneResponse(IReadOnlyList<long> Restored);
