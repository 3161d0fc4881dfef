using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Receipts;

internal static class ReceiptProblems
{
    public static readonly Problem ContentAwaited = new(
        409, "content-awaited", "Conflict", "There is nothing to give a receipt for: the content of this image is still awaited.");
}
