# tflint --chdir=terraform: every rule of the Terraform language, the stylistic ones included.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Files are split by what a person looks for (lambda.tf, iam.tf), not by the standard module's names.
rule "terraform_standard_module_structure" {
  enabled = false
}
