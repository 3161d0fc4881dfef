using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Images.Merging;

internal static class MergeProblems
{
    public static Problem NotAnImage(long id) => new(404, "image-not-found", "Not found", $"Image {id} not found");

    public static Problem NotAnalyzed(long id, string status) => new(
        409, "not-analyzed", "Conflict", $"Image {id} is {status}. Only images whose analysis has ended can be merged.");

    public static Problem MergedElsewhere(long id, long into) => new(
        409, "merged-elsewhere", "Conflict", $"Image {id} was merged into image {into}. Undo that first.");
}
