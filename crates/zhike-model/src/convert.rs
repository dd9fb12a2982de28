//! What a record turns into when its time has come: a lead into a customer, a person and an opportunity.

/// How the records of an object are converted (`[convert]` of a pack). Of a converted record nothing changes any more but what is
/// named here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The select of a flow, and the stage of those that were converted: nobody sets it by hand.
    pub field: String,
    pub stage: String,
    /// Fields that may be changed afterwards, too.
    pub open: Vec<String>,
    /// What it becomes, the first of them always; what comes later refers to what comes before.
    pub targets: Vec<ConversionTarget>,
}

/// One record that it becomes: a new one, or one that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionTarget {
    pub object: String,
    /// The reference by which the converted record remembers it.
    pub into: String,
    /// CEL over the record: whether it is made where nobody says. Of the first it does not count.
    pub when: Option<String>,
    /// The fields that the form asks for.
    pub asks: Vec<String>,
    /// What a new one begins with: its field, and CEL over the record. By name, for their order says nothing.
    pub fill: Vec<(String, String)>,
}

impl Conversion {
    /// The reference that is filled in every converted record.
    pub fn mark(&self) -> &str {
        self.targets.first().map_or("", |target| target.into.as_str())
    }
}
